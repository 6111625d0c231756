function y = max_pool_forward(x, window, stride, padding)
%MAX_POOL_FORWARD  Keep the largest pixel of every window.
%   Y = MAX_POOL_FORWARD(X, WINDOW, STRIDE, PADDING)
%
%      X        H x W x D x N
%      WINDOW   scalar or [h w]
%      STRIDE   scalar or [h w], WINDOW when left out or []
%      PADDING  scalar or [h w], 0 when left out, at most half the window; the
%               border is -Inf, so that it never is the largest
%      Y        H' x W' x D x N   each channel is pooled by itself
%
%   Errors: 'conv:sizes', 'conv:stride', 'conv:padding', 'conv:type'.
%
%   Example
%      max_pool_forward(magic(4), 2)            % 16 13; 14 15
%
%   See also MAX_POOL_BACKWARD, CONV_OUTPUT_SIZE.

  if nargin < 3 || isempty(stride)
    stride = window;
  end
  if nargin < 4
    padding = 0;
  end
  x = as_float(x, 'x');
  [K, S, P, out] = check_pool(x, window, stride, padding);
  [~, ~, D, N] = size(x);

  xpad = pad_border(x, P, -Inf);
  y = zeros([out D N], class(x));
  for n = 1:N
    for d = 1:D
      for i = 1:out(1)
        rows = (i - 1) * S(1) + (1:K(1));
        for j = 1:out(2)
          cols = (j - 1) * S(2) + (1:K(2));
          y(i, j, d, n) = first_maximum(xpad(rows, cols, d, n));
        end
      end
    end
  end
end
