H = 8; kH = 3; S = 2;
out = conv_output_size(H, kH, S, 0);
for i = 1:out(1)
  rows = (i - 1) * S + (1:kH);
  fprintf('i = %d   rows%s\n', i, sprintf(' %d', rows));
end
fprintf('left over: %d row\n', mod(H - kH, S));
