function [dx, dw, db] = conv_layer_backward_im2col(dout, x, w, stride, padding)
%CONV_LAYER_BACKWARD_IM2COL  The layer's gradients as two matrix products.
%   [DX, DW, DB] = CONV_LAYER_BACKWARD_IM2COL(DOUT, X, W, STRIDE, PADDING) takes
%   and returns what CONV_LAYER_BACKWARD does, without loops and without a
%   toolbox. Forward is COLS' * FILTERS; so the filters get COLS * DOUT, the
%   columns get FILTERS * DOUT', and CONV_COL2IM adds the columns up.
%
%   See also CONV_LAYER_BACKWARD, CONV_COL2IM, CONV_LAYER_FORWARD_IM2COL.

  if nargin < 4
    stride = 1;
  end
  if nargin < 5
    padding = 0;
  end
  x = as_float(x, 'x');
  w = as_float(w, 'w');
  [S, P, out] = check_layer(x, w, stride, padding);
  [H, W, D, N] = size(x);
  [kH, kW, D, F] = size(w);
  dout = check_dout(dout, [out F N]);

  xpad = pad_border(x, P, 0);
  [cols, index] = conv_im2col(xpad, [kH kW], S);
  filters = reshape(w, [kH * kW * D, F]);
  douts = reshape(permute(dout, [1 2 4 3]), [prod(out) * N, F]);
  dw = reshape(cols * douts, [kH kW D F]);
  db = sum(douts, 1)';
  dxpad = conv_col2im(filters * douts', index, [H + 2 * P(1), W + 2 * P(2), D, N]);
  % A product of single and double is single: without CAST, dw would not see w's class.
  name = result_class(x, w, dout);
  dx = cast(dxpad(P(1) + (1:H), P(2) + (1:W), :, :), name);
  dw = cast(dw, name);
  db = cast(db, name);
end
