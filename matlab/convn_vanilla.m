function y = convn_vanilla(x, w, stride)
%CONVN_VANILLA  Slide one filter over one image and sum over the channels.
%   Y = CONVN_VANILLA(X, W) is the multi-channel valid correlation of the image
%   X (H x W x D) with the filter W (kH x kW x D): Y is H' x W', whatever D is.
%   Y = CONVN_VANILLA(X, W, STRIDE) travels STRIDE pixels between outputs;
%   STRIDE is a scalar or [height width], 1 when left out.
%
%      Y(i,j) = sum over u,v,d of W(u,v,d) * X((i-1)*S+u, (j-1)*S+v, d)
%
%   As in deep-learning libraries W is not flipped. CONV2 and CONVN flip it:
%   with one channel and stride 1, Y equals CONV2(X, ROT90(W, 2), 'valid').
%
%   Errors: 'conv:sizes' when the channels disagree or the filter is larger
%   than the image; 'conv:stride'; 'conv:type'.
%
%   Example
%      convn_vanilla(magic(4), [1 0; 0 -1])
%
%   See also CONV_LAYER_FORWARD, CONV2, FILTER2.

  if nargin < 3
    stride = 1;
  end
  x = as_float(x, 'x');
  w = as_float(w, 'w');
  if ndims(x) > 3
    error('conv:sizes', 'x is %s but must be one image, H x W x D', size_text(size(x)));
  end
  if ndims(w) > 3
    error('conv:sizes', 'w is %s but must be one filter, kH x kW x D', size_text(size(w)));
  end
  [S, ~, out] = check_layer(x, w, stride, 0);
  kH = size(w, 1);
  kW = size(w, 2);

  y = zeros(out, result_class(x, w));
  for i = 1:out(1)
    rows = (i - 1) * S(1) + (1:kH);
    for j = 1:out(2)
      cols = (j - 1) * S(2) + (1:kW);
      window = x(rows, cols, :);
      y(i, j) = sum(window(:) .* w(:));
    end
  end
end
