function [worst, numeric] = gradient_check(f, value, dout, analytic, h)
%GRADIENT_CHECK  Compare a gradient with central differences.
%   [WORST, NUMERIC] = GRADIENT_CHECK(F, VALUE, DOUT, ANALYTIC) moves each
%   element of VALUE by H up and down, calls F and weighs the change of its
%   output with DOUT:
%
%      NUMERIC(k) = sum(DOUT .* (F(VALUE + H*e_k) - F(VALUE - H*e_k))) / (2*H)
%
%   WORST is the error of the worst element, |NUMERIC - ANALYTIC| divided by
%   the larger of the two (or by a thousandth of the largest element of all,
%   where both are nearly zero). Below 1e-6 is a pass; 1e-2 is a wrong
%   formula; NaN is never a pass. DOUT should be random: with ones everywhere,
%   swapped outputs go unnoticed.
%
%   H is 1e-5 when left out. VALUE must be double: in single the difference is
%   lost in rounding ('conv:type').
%
%   Errors: 'conv:sizes' when ANALYTIC has not the size of VALUE, or DOUT that
%   of F(VALUE); 'conv:type'.
%
%   Example
%      x = rand(5, 4, 2);  w = rand(3, 2, 2, 3);  dout = rand(3, 3, 3);
%      [dx, dw, db] = conv_layer_backward(dout, x, w);
%      gradient_check(@(w) conv_layer_forward(x, w), w, dout, dw)
%
%   See also CONV_LAYER_BACKWARD, MAX_POOL_BACKWARD.

  if nargin < 5
    h = 1e-5;
  end
  if ~isa(value, 'double')
    error('conv:type', 'value is of class %s but must be double', class(value));
  end
  if ~isequal(size(analytic), size(value))
    error('conv:sizes', 'the gradient is %s but the value is %s', ...
          size_text(size(analytic)), size_text(size(value)));
  end
  y = f(value);
  if ~isequal(size(dout), size(y))
    error('conv:sizes', 'dout is %s but the output is %s', size_text(size(dout)), size_text(size(y)));
  end

  numeric = zeros(size(value));
  for k = 1:numel(value)
    up = value;
    up(k) = up(k) + h;
    down = value;
    down(k) = down(k) - h;
    change = f(up) - f(down);
    numeric(k) = sum(dout(:) .* change(:)) / (2 * h);
  end
  scale = max(abs(numeric(:)), abs(analytic(:)));
  scale = max(scale, 1e-3 * max([0; scale]));
  relative = abs(numeric(:) - analytic(:)) ./ scale;
  relative(scale == 0) = 0;
  worst = max([0; relative]);
  if any(isnan(numeric(:))) || any(isnan(analytic(:)))
    worst = NaN;                           % MAX would skip it
  end
end
