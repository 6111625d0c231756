function [largest, u, v] = first_maximum(window)
%FIRST_MAXIMUM  The largest pixel of a window and its row and column.
%   Among equals the first in row order wins: row by row, as NumPy's argmax
%   reads. MAX on WINDOW(:) would read column by column, hence the transpose.
%   MAX skips NaN; here NaN counts as the largest, so that a fault upstream
%   shows.

  [kH, kW] = size(window);
  by_rows = reshape(window.', [kH * kW, 1]);
  k = find(isnan(by_rows), 1);
  if isempty(k)
    [~, k] = max(by_rows);
  end
  largest = by_rows(k);
  u = floor((k - 1) / kW) + 1;
  v = mod(k - 1, kW) + 1;
end
