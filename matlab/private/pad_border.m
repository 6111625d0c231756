function xpad = pad_border(x, P, value)
%PAD_BORDER  Put P(1) rows and P(2) columns of VALUE on each side of every image.
%   XPAD is defined at padding 0 too: then it is X.

  [H, W, D, N] = size(x);
  xpad = repmat(cast(value, class(x)), [H + 2 * P(1), W + 2 * P(2), D, N]);
  xpad(P(1) + (1:H), P(2) + (1:W), :, :) = x;
end
