function db = q5_bias_gradient(dout)
%Q5_BIAS_GRADIENT  One number for each filter. (1 point)
%   DB = Q5_BIAS_GRADIENT(DOUT): DOUT is H' x W' x F x N, DB is F x 1, the size
%   of the bias. Try it with N = 1 and with F = 1 too.

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q5_bias_gradient is not filled in yet');
end
