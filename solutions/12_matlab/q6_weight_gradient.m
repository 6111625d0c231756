function dw = q6_weight_gradient(dout, x, kernel, stride, padding)
%Q6_WEIGHT_GRADIENT  What every window says about the filters. (3 points)
%   DW = Q6_WEIGHT_GRADIENT(DOUT, X, KERNEL, STRIDE, PADDING): DOUT is
%   H' x W' x F x N, X is H x W x D x N, KERNEL is [kH kW], STRIDE and PADDING
%   are [height width] as in the forward pass. DW is kH x kW x D x F.

  %%% BEGIN SOLUTION
  [H, W, D, N] = size(x);
  [Ho, Wo, F, N] = size(dout);
  xpad = zeros([[H W] + 2 * padding, D, N]);
  xpad(padding(1) + (1:H), padding(2) + (1:W), :, :) = x;
  dw = zeros([kernel D F]);
  for n = 1:N
    for f = 1:F
      for i = 1:Ho
        rows = (i - 1) * stride(1) + (1:kernel(1));
        for j = 1:Wo
          cols = (j - 1) * stride(2) + (1:kernel(2));
          dw(:, :, :, f) = dw(:, :, :, f) + dout(i, j, f, n) * xpad(rows, cols, :, n);
        end
      end
    end
  end
  %%% END SOLUTION
end
