x = sin(reshape(1:6 * 3 * 5 * 2, [6 3 5 2]));
w = cos(reshape(1:3 * 2 * 5 * 4, [3 2 5 4]));
b = [0.5; -1; 2; 1.5];
stride = [2 3];
padding = [1 0];
y = conv_layer_forward(x, w, b, stride, padding);
dout = sin(1 + reshape(1:numel(y), size(y)) .^ 2);
[dx, dw, db] = conv_layer_backward(dout, x, w, stride, padding);

errors = [gradient_check(@(x) conv_layer_forward(x, w, b, stride, padding), x, dout, dx)
          gradient_check(@(w) conv_layer_forward(x, w, b, stride, padding), w, dout, dw)
          gradient_check(@(b) conv_layer_forward(x, w, b, stride, padding), b, dout, db)];
fprintf('below 1e-6: %d %d %d\n', errors < 1e-6);

flipped = flip(flip(w, 1), 2);
[dx_wrong, ~, ~] = conv_layer_backward(dout, x, flipped, stride, padding);
wrong = gradient_check(@(x) conv_layer_forward(x, w, b, stride, padding), x, dout, dx_wrong);
fprintf('with the filter flipped: %.1f\n', wrong);
