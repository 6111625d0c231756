function dx = q7_input_gradient(dout, w, x_size, stride, padding)
%Q7_INPUT_GRADIENT  Give each gradient back to the window it came from. (3 points)
%   DX = Q7_INPUT_GRADIENT(DOUT, W, X_SIZE, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, W is kH x kW x D x F, X_SIZE is [H W], STRIDE and PADDING
%   are [height width] as in the forward pass. DX is H x W x D x N.

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q7_input_gradient is not filled in yet');
end
