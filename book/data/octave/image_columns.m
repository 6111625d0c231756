x = reshape(1:12, [3 4]);
disp(x)
cols = conv_im2col(x, [2 3]);       % windows of 2 x 3, one in each column
disp(cols)

[cols, index] = conv_im2col(ones(3, 4), [2 3]);
disp('Added back: how many windows hold each pixel')
disp(conv_col2im(cols, index, [3 4]))
