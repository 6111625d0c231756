function out = conv_output_size(in, kernel, stride, padding)
%CONV_OUTPUT_SIZE  Windows that fit: floor((in + 2*padding - kernel)/stride) + 1.
%   OUT = CONV_OUTPUT_SIZE(IN, KERNEL, STRIDE, PADDING) counts the positions of
%   a window of KERNEL pixels that travels STRIDE pixels at a time over IN
%   pixels with PADDING zeros on each side. Each argument is a scalar, or
%   [height width] to count rows and columns at once.
%
%   STRIDE is 1 and PADDING is 0 when they are left out.
%
%   Errors: 'conv:sizes' when the kernel is larger than the padded input,
%   'conv:stride' and 'conv:padding' when those are not whole numbers or too small.
%
%   Example
%      conv_output_size([7 9], [3 2], 2, 1)     % ans = 4 5
%
%   See also CONV_LAYER_FORWARD.

  if nargin < 3
    stride = 1;
  end
  if nargin < 4
    padding = 0;
  end
  in = as_pair(in, 1, 'conv:sizes', 'input size');
  kernel = as_pair(kernel, 1, 'conv:sizes', 'kernel size');
  stride = as_pair(stride, 1, 'conv:stride', 'stride');
  padding = as_pair(padding, 0, 'conv:padding', 'padding');
  padded = in + 2 * padding;
  if any(kernel > padded)
    error('conv:sizes', 'kernel is %d x %d but the padded input is only %d x %d', ...
          kernel(1), kernel(2), padded(1), padded(2));
  end
  out = floor((padded - kernel) ./ stride) + 1;
end
