function window = q2_window(xpad, i, j, kernel, stride)
%Q2_WINDOW  The part of the image that output pixel (i, j) looks at. (1 point)
%   WINDOW = Q2_WINDOW(XPAD, I, J, KERNEL, STRIDE) cuts the window out of XPAD,
%   H x W x D and already padded. KERNEL and STRIDE are pairs [height width];
%   I and J count from 1, so that the window of (1, 1) begins at XPAD(1, 1).
%   The window is kH x kW x D.
%
%   q2_window(magic(4), 2, 1, [2 1], [2 3]) is [9; 4].

  %%% BEGIN SOLUTION
  rows = (i - 1) * stride(1) + (1:kernel(1));
  cols = (j - 1) * stride(2) + (1:kernel(2));
  window = xpad(rows, cols, :);
  %%% END SOLUTION
end
