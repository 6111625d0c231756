function pair = as_pair(value, smallest, identifier, name)
%AS_PAIR  [height width] from a scalar or a pair of whole numbers.
%   PAIR = AS_PAIR(VALUE, SMALLEST, IDENTIFIER, NAME) repeats a scalar and
%   raises IDENTIFIER when VALUE is not one or two whole numbers >= SMALLEST.

  whole = isnumeric(value) && isreal(value) && any(numel(value) == [1 2]);
  if whole
    value = double(value);
    whole = all(value(:) == floor(value(:))) && all(isfinite(value(:))) && all(value(:) >= smallest);
  end
  if ~whole
    error(identifier, '%s is %s but must be a whole number >= %d or two of them, [height width]', ...
          name, described(value), smallest);
  end
  pair = [value(1) value(end)];
end

function text = described(value)
  if isnumeric(value) && isreal(value) && numel(value) <= 4
    text = mat2str(value);
  else
    text = ['a ' class(value) ' of size ' size_text(size(value))];
  end
end
