function dw = q6_weight_gradient(dout, x, kernel, stride, padding)
%Q6_WEIGHT_GRADIENT  What every window says about the filters. (3 points)
%   DW = Q6_WEIGHT_GRADIENT(DOUT, X, KERNEL, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, X is H x W x D x N, KERNEL is [kH kW], STRIDE and PADDING
%   are [height width] as in the forward pass. DW is kH x kW x D x F.

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q6_weight_gradient is not filled in yet');
end
