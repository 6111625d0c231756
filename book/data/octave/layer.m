x = zeros(3, 5, 2);                 % H x W x D
x(:, :, 1) = [1 2 0 1 3; 0 1 3 2 1; 2 1 0 1 2];
x(:, :, 2) = [0 1 1 0 2; 2 0 1 1 0; 1 3 0 2 1];
w = zeros(2, 3, 2, 4);              % kH x kW x D x F
w(:, :, 1, 1) = [1 0 -1; 2 0 -2];   w(:, :, 2, 1) = [0 1 0; 0 -1 0];
w(:, :, 1, 2) = [1 1 1; 0 0 0];     w(:, :, 2, 2) = [0 0 0; 1 1 1];
w(:, :, 1, 3) = [0 0 1; 0 1 0];     w(:, :, 2, 3) = [-1 0 0; 0 0 1];
w(:, :, 1, 4) = [0 1 0; 0 0 0];     w(:, :, 2, 4) = [0 0 1; 1 0 0];
b = [1; -2; 3; 0];                  % F x 1

y = conv_layer_forward(x, w, b);    % H' x W' x F
disp(size(y))
disp(y(:, :, 1))

dout = ones(size(y));
[dx, dw, db] = conv_layer_backward(dout, x, w);
disp(size(dx)), disp(size(dw)), disp(size(db))
disp(dx(:, :, 1))
