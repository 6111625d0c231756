function y = conv_layer_forward_im2col(x, w, b, stride, padding)
%CONV_LAYER_FORWARD_IM2COL  The layer as one matrix product.
%   Y = CONV_LAYER_FORWARD_IM2COL(X, W, B, STRIDE, PADDING) takes and returns
%   what CONV_LAYER_FORWARD does, without loops and without a toolbox: every
%   window becomes a column, every filter a column, and all their products are
%   COLS' * FILTERS.
%
%   See also CONV_LAYER_FORWARD, CONV_IM2COL, CONV_LAYER_BACKWARD_IM2COL.

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
  [kH, kW, D, F] = size(w);
  N = size(x, 4);

  cols = conv_im2col(pad_border(x, P, 0), [kH kW], S);
  filters = reshape(w, [kH * kW * D, F]);
  y = cols' * filters + b';                          % (H'*W'*N) x F
  y = permute(reshape(y, [out N F]), [1 2 4 3]);     % H' x W' x F x N
  y = cast(y, result_class(x, w));
end
