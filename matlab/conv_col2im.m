function xpad = conv_col2im(cols, index, padded_size)
%CONV_COL2IM  Add every column back to the window it was copied from.
%   XPAD = CONV_COL2IM(COLS, INDEX, PADDED_SIZE) is the transpose of
%   CONV_IM2COL, not its inverse: a pixel that lies in several windows gets the
%   sum of its copies. INDEX is the second output of CONV_IM2COL, PADDED_SIZE
%   is [H W D N] of the padded images.
%
%   Errors: 'conv:sizes' when COLS and INDEX have different sizes.
%
%   Example
%      [cols, index] = conv_im2col(ones(3), [2 2]);
%      conv_col2im(cols, index, [3 3])          % 1 2 1; 2 4 2; 1 2 1
%
%   See also CONV_IM2COL, CONV_LAYER_BACKWARD_IM2COL, ACCUMARRAY.

  cols = as_float(cols, 'cols');
  if ~isequal(size(cols), size(index))
    error('conv:sizes', 'cols is %s but index is %s', size_text(size(cols)), size_text(size(index)));
  end
  if isempty(cols)
    xpad = zeros(padded_size, class(cols));
  else
    xpad = reshape(accumarray(index(:), cols(:), [prod(padded_size) 1]), padded_size);
  end
end
