function y = conv_layer_forward(x, w, b, stride, padding)
%CONV_LAYER_FORWARD  The convolution layer: every image with every filter.
%   Y = CONV_LAYER_FORWARD(X, W, B, STRIDE, PADDING)
%
%      X        H x W x D x N     N images with D channels
%      W        kH x kW x D x F   F filters, each as deep as an image
%      B        F x 1             one bias for each filter; [] for none
%      STRIDE   scalar or [h w]   pixels between outputs, 1 when left out
%      PADDING  scalar or [h w]   zeros on each side, 0 when left out
%      Y        H' x W' x F x N   H' = floor((H + 2*PADDING - kH)/STRIDE) + 1
%
%   The filters are not flipped (correlation). Trailing dimensions of length 1
%   may be missing, as MATLAB drops them. Single stays single; whole numbers
%   are computed in double.
%
%   Errors: 'conv:sizes', 'conv:stride', 'conv:padding', 'conv:type'.
%
%   Example
%      x = reshape(1:5*4*3*2, [5 4 3 2]);  w = ones(3, 2, 3, 4);
%      size(conv_layer_forward(x, w, zeros(4, 1), 2, 1))     % ans = 3 3 4 2
%
%   See also CONVN_VANILLA, CONV_LAYER_BACKWARD, CONV_LAYER_FORWARD_IM2COL.

  if nargin < 3
    b = [];
  end
  if nargin < 4
    stride = 1;
  end
  if nargin < 5
    padding = 0;
  end
  x = as_float(x, 'x');
  w = as_float(w, 'w');
  [S, P, out] = check_layer(x, w, stride, padding);
  b = check_bias(b, w);
  N = size(x, 4);
  F = size(w, 4);

  xpad = pad_border(x, P, 0);
  y = zeros([out F N], result_class(x, w));
  for n = 1:N
    for f = 1:F
      y(:, :, f, n) = convn_vanilla(xpad(:, :, :, n), w(:, :, :, f), S) + b(f);
    end
  end
end
