function [cols, index] = conv_im2col(xpad, kernel, stride)
%CONV_IM2COL  Copy every window of a batch of padded images into a column.
%   [COLS, INDEX] = CONV_IM2COL(XPAD, KERNEL, STRIDE) takes XPAD, H x W x D x N
%   and already padded, KERNEL = [kH kW] and STRIDE (scalar or [h w], 1 when
%   left out). COLS is (kH*kW*D) x (H'*W'*N): one column for each output pixel,
%   the row of the output running fastest, then its column, then the image.
%   COLS equals XPAD(INDEX), with INDEX linear (column-major, from 1).
%
%   It needs no toolbox; the Image Processing Toolbox's IM2COL takes one
%   single-channel image and has two strides: 1 ('sliding'), or the size of the
%   block ('distinct').
%
%   Example
%      conv_im2col(magic(4), [2 2])             % 4 x 9
%
%   See also CONV_COL2IM, CONV_LAYER_FORWARD_IM2COL.

  if nargin < 3
    stride = 1;
  end
  xpad = as_float(xpad, 'xpad');
  S = as_pair(stride, 1, 'conv:stride', 'stride');
  [H, W, D, N] = size(xpad);
  out = conv_output_size([H W], kernel, S, 0);
  kernel = as_pair(kernel, 1, 'conv:sizes', 'kernel size');

  % Element (u, v, d) of a window lies this far behind the window's first element ...
  [u, v, d] = ndgrid(0:kernel(1) - 1, 0:kernel(2) - 1, 0:D - 1);
  offset = u + v * H + d * H * W;
  % ... and the window of output pixel (i, j) of image n starts here.
  [i, j, n] = ndgrid(0:out(1) - 1, 0:out(2) - 1, 0:N - 1);
  first = 1 + i * S(1) + j * S(2) * H + n * H * W * D;

  index = offset(:) + first(:)';
  % If xpad and index were both vectors, xpad(index) would have the shape of xpad.
  cols = reshape(xpad(index), size(index));
end
