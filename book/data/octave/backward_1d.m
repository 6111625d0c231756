x = [1 3 2 5 4];  w = [2 -1 3];  dout = [2 -1 6];

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
