function name = result_class(varargin)
%RESULT_CLASS  'single' when any argument is single, as in MATLAB's arithmetic.

  name = 'double';
  if any(cellfun(@(value) isa(value, 'single'), varargin))
    name = 'single';
  end
end
