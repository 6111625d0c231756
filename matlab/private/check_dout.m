function dout = check_dout(dout, expected)
%CHECK_DOUT  Refuse a DOUT that has not the size of Y; the error names both sizes.

  dout = as_float(dout, 'dout');
  actual = [size(dout, 1) size(dout, 2) size(dout, 3) size(dout, 4)];
  if ndims(dout) > 4 || ~isequal(actual, expected)
    error('conv:sizes', 'dout is %s but y is %s', size_text(size(dout)), size_text(expected));
  end
end
