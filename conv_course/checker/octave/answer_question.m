function answer_question(name, in_file, out_file, before)
%ANSWER_QUESTION  Call a learner's function with every case, write what it returns.
%   ANSWER_QUESTION(NAME, IN_FILE, OUT_FILE, BEFORE) reads the cell array CASES
%   from IN_FILE and writes text: for each case a line with its number, counted
%   on from BEFORE, and the word numbers, class, error, calls or unfilled, and
%   what belongs to it. It knows no right answer: those stay outside of this
%   process.

  inputs = load(in_file);
  out = fopen(out_file, 'w');
  for k = 1:numel(inputs.cases)
    number = before + k;
    arguments_of_case = inputs.cases{k};
    try
      answer = feval(name, arguments_of_case{:});
      if ~(isnumeric(answer) || islogical(answer)) || ~isreal(answer)
        fprintf(out, '%d class %s\n', number, class(answer));
      elseif numel(answer) > 1e5
        fprintf(out, '%d large%s\n', number, sprintf(' %d', size(answer)));
      else
        fprintf(out, '%d numbers %s%s\n', number, class(answer), sprintf(' %d', size(answer)));
        fprintf(out, '%s\n', sprintf('%.17g ', double(full(answer(:)))));
      end
    catch failure
      if strcmp(failure.identifier, 'exercise:unfilled')
        fprintf(out, '%d unfilled\n', number);
      elseif strcmp(failure.identifier, 'course:answer')
        fprintf(out, '%d calls %s\n', number, failure.message);
      else
        fprintf(out, '%d error %s\n', number, strtrim(strtok(failure.message, sprintf('\n'))));
      end
    end
  end
  fclose(out);
end
