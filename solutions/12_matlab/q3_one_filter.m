function y = q3_one_filter(x, w, stride)
%Q3_ONE_FILTER  Slide one filter over one image, channels summed. (2 points)
%   Y = Q3_ONE_FILTER(X, W, STRIDE): X is H x W x D and not padded, W is
%   kH x kW x D, STRIDE is [height width], Y is H' x W'. W is not flipped.
%
%   Write it yourself: a call of convn_vanilla earns no points.
%
%   q3_one_filter(magic(4), [1 0; 0 -1], [2 2]) is [5 -5; -5 5]: check the
%   first of these by hand before you begin.

  %%% BEGIN SOLUTION
  kH = size(w, 1);
  kW = size(w, 2);
  out = floor(([size(x, 1) size(x, 2)] - [kH kW]) ./ stride) + 1;
  y = zeros(out);
  for i = 1:out(1)
    rows = (i - 1) * stride(1) + (1:kH);
    for j = 1:out(2)
      cols = (j - 1) * stride(2) + (1:kW);
      window = x(rows, cols, :);
      y(i, j) = sum(window(:) .* w(:));
    end
  end
  %%% END SOLUTION
end
