function [S, P, out] = check_layer(x, w, stride, padding)
%CHECK_LAYER  Stride and padding as pairs, output size; errors name both sizes.
%   [S, P, OUT] = CHECK_LAYER(X, W, STRIDE, PADDING) serves both passes of the
%   layer: X is H x W x D x N, W is kH x kW x D x F, OUT is [H' W'].
%   SIZE(X, 3) and SIZE(X, 4) are 1 where MATLAB has dropped trailing
%   dimensions of length 1; SIZE with one argument and NDIMS are not.

  if ndims(x) > 4
    error('conv:sizes', 'x is %s but must be H x W x D x N', size_text(size(x)));
  end
  if ndims(w) > 4
    error('conv:sizes', 'w is %s but must be kH x kW x D x F', size_text(size(w)));
  end
  if size(x, 3) ~= size(w, 3)
    error('conv:sizes', 'x has %d channels but w expects %d', size(x, 3), size(w, 3));
  end
  S = as_pair(stride, 1, 'conv:stride', 'stride');
  P = as_pair(padding, 0, 'conv:padding', 'padding');
  out = conv_output_size([size(x, 1) size(x, 2)], [size(w, 1) size(w, 2)], S, P);
end
