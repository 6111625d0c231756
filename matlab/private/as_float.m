function value = as_float(value, name)
%AS_FLOAT  Pass single and double on, turn whole numbers into double.
%   Integers in MATLAB saturate (uint8(200) + uint8(100) is 255), so sums of
%   products of pixels need floating point. What is not a real array of
%   numbers raises 'conv:type'.

  if ~(isnumeric(value) || islogical(value)) || ~isreal(value)
    error('conv:type', '%s is of class %s but must be a real array of numbers', name, class(value));
  end
  if ~isfloat(value)
    value = double(value);
  end
end
