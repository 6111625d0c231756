function b = check_bias(b, w)
%CHECK_BIAS  F x 1 biases, zeros for []; errors name both sizes.
%   A row is refused: the gradient DB is F x 1, and B - RATE*DB of a row and a
%   column would quietly become an F x F matrix.

  F = size(w, 4);
  if isempty(b)
    b = zeros(F, 1);
  end
  b = as_float(b, 'b');
  if ~isequal(size(b), [F 1])
    error('conv:sizes', 'b is %s but w has %d filters, so b must be %d x 1', ...
          size_text(size(b)), F, F);
  end
end
