x = zeros(3, 5, 2);                 % H x W x D, N = 1
x(:, :, 1) = [1 2 0 1 3; 0 1 3 2 1; 2 1 0 1 2];
x(:, :, 2) = [0 1 1 0 2; 2 0 1 1 0; 1 3 0 2 1];

disp('Down the columns: the row index runs fastest')
disp(x(1:6))

disp('Position of x(3, 4, 2, 1), by hand and by sub2ind')
[H, W, D, N] = size(x);
h = 3; col = 4; d = 2; n = 1;
position = h + (col - 1) * H + (d - 1) * H * W + (n - 1) * H * W * D;
disp([position, sub2ind([H W D N], h, col, d, n), x(position)])

disp('Numbers that Python wrote, N x D x H x W: W runs fastest')
raw = 0:29;                         % numpy.arange(30.0).reshape(1, 2, 3, 5)
y = permute(reshape(raw, [5 3 2 1]), [2 1 3 4]);
disp(y(:, :, 1))
disp('The same numbers, only reshaped: wrong, and no error')
z = reshape(raw, [3 5 2 1]);
disp(z(:, :, 1))

disp('One channel, one image: MATLAB drops the trailing ones')
one = ones(3, 5, 1, 1);
disp(ndims(one))
disp([size(one, 3), size(one, 4)])
