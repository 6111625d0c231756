x = [1 5 2 2; 3 5 2 2; 0 1 7 4];
disp('y')
disp(max_pool_forward(x, 2, 1))
disp('dx, all of dout ones')
disp(max_pool_backward(ones(2, 3), x, 2, 1))
