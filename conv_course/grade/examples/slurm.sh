#!/bin/bash
#SBATCH --job-name=grade
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
# A class in 8 parts as an array; COURSE is where the course is, and the file seed holds the seed of all parts.
python3 "$COURSE/course.py" grade submissions.zip --csv "part$SLURM_ARRAY_TASK_ID.csv" \
  --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --seed "$(cat seed)" --jobs "${SLURM_CPUS_PER_TASK:-1}"
