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

  dx = zeros([H, W, D, N], result_class(x, dout));
  for n = 1:N
    for d = 1:D
      for i = 1:out(1)
        top = (i - 1) * S(1) - P(1);
        down = max(top + 1, 1):min(top + K(1), H);
        for j = 1:out(2)
          left = (j - 1) * S(2) - P(2);
          across = max(left + 1, 1):min(left + K(2), W);
          % Real pixels only: among pixels of -Inf a border of -Inf would win.
          [~, u, v] = first_maximum(x(down, across, d, n));
          dx(down(u), across(v), d, n) = dx(down(u), across(v), d, n) + dout(i, j, d, n);
        end
      end
    end
  end
end
