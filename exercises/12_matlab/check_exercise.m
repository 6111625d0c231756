function points = check_exercise(question, folder)
%CHECK_EXERCISE  Check your answers, here in Octave or MATLAB.
%   CHECK_EXERCISE checks every question, CHECK_EXERCISE('q3') only the third.
%   CHECK_EXERCISE(QUESTION, FOLDER) reads the .m files of another folder.
%   POINTS = CHECK_EXERCISE(...) returns your points and prints the same.
%
%   For each question it says done, partly, not yet or not started. Where an
%   answer is wrong it shows the first case that fails, and if it knows the
%   mistake, a hint. It never stops with an error of your code; an endless loop
%   you stop yourself with Ctrl-C.

  here = fileparts(mfilename('fullpath'));
  if nargin < 1 || isempty(question)
    question = 'all';
  end
  if nargin < 2
    folder = here;
  end
  old_path = path;
  restore = onCleanup(@() path(old_path));
  if exist(fullfile(here, '..', '..', 'matlab'), 'dir')
    addpath(fullfile(here, '..', '..', 'matlab'));
  end
  addpath(folder);

  fixtures = load(fullfile(here, 'fixtures.mat'));
  points = 0;
  possible = 0;
  for k = 1:numel(fixtures.questions)
    q = fixtures.questions{k};
    if strcmp(question, 'all') || strcmp(question, q.name)
      earned = check_question(q);
      points = points + earned;
      possible = possible + q.points;
    end
  end
  if possible == 0
    names = cellfun(@(q) q.name, fixtures.questions, 'UniformOutput', false);
    fprintf('There is no question %s; there are %s.\n', in_words(question), strjoin(names(:)', ', '));
  elseif strcmp(question, 'all')
    fprintf('%g of %g points\n', points, possible);
  end
  if nargout < 1
    clear points
  end
end

function earned = check_question(q)
  count = numel(q.arguments);
  faults = cell(1, count);
  answers = cell(1, count);
  unfilled = ~exist(q.function_name, 'file');
  for k = 1:count
    if ~unfilled
      [answers{k}, faults{k}, unfilled] = try_case(q, k);
    end
  end
  failed = find(~cellfun(@isempty, faults));
  passed = count - numel(failed);
  earned = q.points;
  if unfilled
    state = 'not started';
    earned = 0;
  elseif isempty(failed)
    state = 'done';
  else
    earned = floor(2 * q.points * passed / count) / 2;
    state = 'partly';
    if passed == 0
      state = 'not yet';
    end
  end
  fprintf('%s  %-11s  %g/%g  %s\n', q.name, state, earned, q.points, q.function_name);
  if ~unfilled && ~isempty(failed)
    fprintf('    %d of %d cases are right. The first that is not, with %s:\n', ...
            passed, count, q.about{failed(1)});
    fprintf('    %s\n', faults{failed(1)});
    show_hint(q, answers, failed, faults{failed(1)});
  end
end

function [answer, fault, unfilled] = try_case(q, k)
  answer = [];
  fault = '';
  unfilled = false;
  arguments_of_case = q.arguments{k};
  try
    answer = feval(q.function_name, arguments_of_case{:});
    fault = compared(answer, q.expected{k}, q.result);
  catch failure
    unfilled = strcmp(failure.identifier, 'exercise:unfilled');
    answer = [];
    fault = ['your function stopped: ' strtrim(strtok(failure.message, sprintf('\n')))];
  end
end

function fault = compared(answer, expected, name)
%COMPARED  '' when ANSWER is right, otherwise what is wrong with it.
  fault = '';
  if ~(isnumeric(answer) || islogical(answer)) || ~isreal(answer)
    fault = sprintf('%s is of class %s but must be real numbers', name, class(answer));
    return
  end
  if ~isequal(size(answer), size(expected))
    fault = sprintf('%s is %s but must be %s', name, size_words(answer), size_words(expected));
    return
  end
  wrong = find(~close_to(answer, expected), 1);
  if ~isempty(wrong)
    subscripts = cell(1, ndims(expected));
    [subscripts{:}] = ind2sub(size(expected), wrong);
    where = sprintf('%d,', subscripts{:});
    fault = sprintf('%s(%s) is %g but must be %g', name, where(1:end - 1), ...
                    double(answer(wrong)), expected(wrong));
  end
end

function near = close_to(answer, expected)
  tolerance = 1e-8;
  if isa(answer, 'single')
    tolerance = 1e-4;
  end
  near = abs(double(answer) - expected) <= tolerance * max([1; abs(expected(:))]);
end

function show_hint(q, answers, failed, fault)
%SHOW_HINT  The misconception that explains most of the wrong answers.
%   Where most calls stopped at an index, the hint is about indices.
  best = 0;
  most = 0;
  for m = 1:numel(q.hints)
    explained = 0;
    for k = failed
      if q.differs(k, m) && isempty(compared(answers{k}, q.wrong{k, m}, ''))
        explained = explained + 1;
      end
    end
    if explained > most
      most = explained;
      best = m;
    end
  end
  out_of_range = 'out of bound|index \(.*0|ubscript|xceeds|positive integers';
  out_of_range = ~isempty(regexp(fault, out_of_range, 'once')) && 2 * most < numel(failed);
  if best > 0 && ~out_of_range
    fprintf('    Hint (%s): %s\n    Chapter 12, section "%s"\n', ...
            q.mistakes{best}, q.hints{best}, q.sections{best});
  elseif out_of_range
    fprintf('    Hint (index out of range): %s\n    Chapter 12, section "%s"\n', ...
            q.index_hint, q.index_section);
  end
end

function text = size_words(value)
  text = sprintf('%d x ', size(value));
  text = text(1:end - 3);
end

function text = in_words(value)
  text = 'of that name';
  if ischar(value)
    text = value;
  end
end
