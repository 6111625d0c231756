function dx = max_pool_backward(dout, x, window, stride, padding)
%MAX_POOL_BACKWARD  Send each gradient to the pixel that was the largest.
%   DX = MAX_POOL_BACKWARD(DOUT, X, WINDOW, STRIDE, PADDING) has the size of X.
%   DOUT has the size of MAX_POOL_FORWARD(X, WINDOW, STRIDE, PADDING), and the
%   last two arguments have the same defaults.
%
%   Where windows overlap, a pixel adds up what each of them sends. Among equal
%   pixels the first in row order takes the whole gradient.
%
%   Errors: 'conv:sizes', 'conv:stride', 'conv:padding', 'conv:type'.
%
%   Example
%      max_pool_backward(ones(2), magic(4), 2)
%
%   See also MAX_POOL_FORWARD.

  if nargin < 4 || isempty(stride)
    stride = window;
  end
  if nargin < 5
    padding = 0;
  end
  x = as_float(x, 'x');
  [K, S, P, out] = check_pool(x, window, stride, padding);
  [H, W, D, N] = size(x);
  dout = check_dout(dout, [out D N]);

  xpad = pad_border(x, P, -Inf);
  dxpad = zeros([H + 2 * P(1), W + 2 * P(2), D, N], result_class(x, dout));
  for n = 1:N
    for d = 1:D
      for i = 1:out(1)
        top = (i - 1) * S(1);
        for j = 1:out(2)
          left = (j - 1) * S(2);
          [~, u, v] = first_maximum(xpad(top + (1:K(1)), left + (1:K(2)), d, n));
          dxpad(top + u, left + v, d, n) = dxpad(top + u, left + v, d, n) + dout(i, j, d, n);
        end
      end
    end
  end
  dx = dxpad(P(1) + (1:H), P(2) + (1:W), :, :);
end
