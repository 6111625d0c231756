x = reshape(1:360, [6 5 3 4]);
K = [2 3];                % the window
S = [1 2];                % the stride
y = max_pool_forward(x, K, S);
disp(size(y))
disp(y(2, 1, 3, 4))
dx = max_pool_backward(ones(size(y)), x, K, S);
disp(size(dx))

one = x(:, :, 3, 4);      % a channel of an image
every = conv2(one, ones(K) / prod(K), 'valid');
average = every(1:S(1):end, 1:S(2):end);
disp(size(average))
disp(average(2, 1))
