x = [1 5 2 2; 5 3 0 2; 4 1 7 6];
disp('y')
disp(max_pool_forward(x, 2, 1))
dout = ones(2, 3);
disp('dx, all of dout ones')
disp(max_pool_backward(dout, x, 2, 1))
