x = reshape(1:360, [6 5 3 4]);
K = [2 3];                % the window
S = [1 2];                % the stride
y = max_pool_forward(x, K, S);
fprintf('y: %s\n', mat2str(size(y)))
fprintf('one of y: %g\n', y(2, 1, 3, 4))
dout = ones(size(y));
dx = max_pool_backward(dout, x, K, S);
fprintf('dx: %s\n', mat2str(size(dx)))

one = x(:, :, 3, 4);      % one channel
equal = ones(K) / prod(K);
every = conv2(one, equal, 'valid');
avg = every(1:S(1):end, 1:S(2):end);
fprintf('avg: %s\n', mat2str(size(avg)))
fprintf('one of avg: %g\n', avg(2, 1))
