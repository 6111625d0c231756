function y = q4_layer_forward(x, w, b, stride, padding)
%Q4_LAYER_FORWARD  Every image with every filter, plus the bias. (3 points)
%   Y = Q4_LAYER_FORWARD(X, W, B, STRIDE, PADDING): X is H x W x D x N, W is
%   kH x kW x D x F, B is F x 1, STRIDE and PADDING are [height width].
%   Y is H' x W' x F x N.
%
%   You may call CONVN_VANILLA(IMAGE, FILTER, STRIDE): it does what question 3
%   asks for. (It lies in the course's folder matlab/.)

  % YOUR CODE HERE (take out the line below)
  error('exercise:unfilled', 'q4_layer_forward is not filled in yet');
end
