function [dx, dw, db] = conv_layer_backward(dout, x, w, stride, padding)
%CONV_LAYER_BACKWARD  Gradients of the convolution layer.
%   [DX, DW, DB] = CONV_LAYER_BACKWARD(DOUT, X, W, STRIDE, PADDING) carries
%   DOUT, the gradient of the loss with respect to Y, back to the layer's
%   inputs. STRIDE and PADDING are those of the forward pass (1 and 0 when
%   left out).
%
%      DOUT  H' x W' x F x N    the size of Y = CONV_LAYER_FORWARD(X, W, B, ...)
%      DX    H x W x D x N      the size of X
%      DW    kH x kW x D x F    the size of W
%      DB    F x 1              the size of B
%
%   One output pixel y(i,j,f,n) is one window times one filter. So dout(i,j,f,n)
%   times the filter belongs to that window of DX, and dout(i,j,f,n) times the
%   window belongs to that filter of DW. The rest is adding up; the border that
%   padding put on is cut off DX again.
%
%   Errors: 'conv:sizes', 'conv:stride', 'conv:padding', 'conv:type'.
%
%   Example
%      [dx, dw, db] = conv_layer_backward(ones(3, 3), magic(5), ones(3));
%
%   See also CONV_LAYER_FORWARD, CONV_LAYER_BACKWARD_IM2COL, GRADIENT_CHECK.

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
  dxpad = zeros(size(xpad), result_class(x, w, dout));
  dw = zeros([kH kW D F], result_class(x, w, dout));
  db = zeros(F, 1, result_class(x, w, dout));
  for n = 1:N
    for f = 1:F
      for i = 1:out(1)
        rows = (i - 1) * S(1) + (1:kH);
        for j = 1:out(2)
          cols = (j - 1) * S(2) + (1:kW);
          g = dout(i, j, f, n);
          dxpad(rows, cols, :, n) = dxpad(rows, cols, :, n) + g * w(:, :, :, f);
          dw(:, :, :, f) = dw(:, :, :, f) + g * xpad(rows, cols, :, n);
          db(f) = db(f) + g;
        end
      end
    end
  end
  dx = dxpad(P(1) + (1:H), P(2) + (1:W), :, :);
end
