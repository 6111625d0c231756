x = [4 9 7 5 6];  w = [2 -1 3];  dout = [5 -6 8];

dx = zeros(size(x));
dw = zeros(size(w));
db = 0;
for i = 1:numel(dout)
  for k = 1:numel(w)
    dx(i + k - 1) = dx(i + k - 1) + w(k) * dout(i);
    dw(k) = dw(k) + x(i + k - 1) * dout(i);
  end
  db = db + dout(i);
end
disp(dx), disp(dw), disp(db)
