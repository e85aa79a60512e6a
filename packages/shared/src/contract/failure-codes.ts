/**
 * The codes that we put into a `failure` of an edit or of an image ourselves, with what each means and what its producer
 * can do. Every other code in a failure is DashScope's: `@restyle/dashscope/error-table` explains those. Both tables are
 * printed in docs/operations.md.
 */
export const failureCodes = {
  SourceMissing: {
    meaning:
      'a source in a bucket does not exist, or `RESTYLE_SOURCE_BUCKETS` does not list its place for this producer',
    todo: 'Upload the source, or list its place, and send the edit again.',
  },
  SourceUnreadable: {
    meaning: 'the bucket refuses to hand out a source',
    todo: "Let the workers' key get and list there, or restore an archived object, and send the edit again.",
  },
  SourceExpired: {
    meaning:
      'a signed address, or an `oss://` upload, which DashScope keeps for 48 hours, was over before the edit had its turn',
    todo: 'Sign it for longer or upload it again, or send the picture as `sha256:` or `s3://`, which may wait.',
  },
  SourceElsewhere: {
    meaning: 'an `oss://` upload is of another account than the one that the edit was to be submitted with',
    todo: "Upload it with the key of the lane's account, or send the picture as `https://` or `sha256:`.",
  },
  RowsUnreadable: {
    meaning: 'the bucket has lost the chunk with the row, or has it damaged, before it became an edit',
    todo: 'Find out who deletes or changes objects under `receipts/batches/`, and send the rows again.',
  },
  TaskExpired: {
    meaning: 'the vendor gave no answer about the task for 24 h, and forgets tasks after that',
    todo: 'Find out why the workers or the vendor were away, and send the edit again.',
  },
  NeverAnswered: {
    meaning: 'no submit was answered, and none of them made a task',
    todo: 'Find out what cuts the line to the vendor, and send the edit again.',
  },
  NeverSent: {
    meaning: 'no submit of the edit left for a day, while those of other edits did',
    todo: 'Look at what the message names, such as large sources, and send the edit again.',
  },
  Unknown: {
    meaning: 'the task failed, and the vendor gave no code',
    todo: 'Send the edit again; if it repeats, ask the vendor about the task.',
  },
  NoImages: {
    meaning: 'the task succeeded without an image',
    todo: 'Send the edit again.',
  },
  Missing: {
    meaning: 'the vendor returned fewer images than asked for, and gave no reason',
    todo: 'Send the edit again for the missing image.',
  },
  ImageExpired: {
    meaning: 'the address of the image expired before the image could be copied',
    todo: 'Find out why copying took a day; the image is paid for and lost. Send the edit again.',
  },
  ImageStranded: {
    meaning: 'the image was kept on the disk of a machine that has not brought it to the bucket in time',
    todo: "Look into that machine's `RESTYLE_SPILL_DIR`: the image is paid for and still there. Or send the edit again.",
  },
  ImageRefused: {
    meaning: 'the image was too large, redirected, or on a private address until its address expired',
    todo: 'Raise `RESTYLE_MAX_IMAGE_BYTES`, or ask the vendor about the address. Send the edit again.',
  },
  ImageBroken: {
    meaning: 'the address held no whole picture until it expired',
    todo: 'Send the edit again, and ask the vendor about the task.',
  },
  Dropped: {
    meaning: 'a person gave up the edit while it was held, or the image while it could not be stored',
    todo: 'Nothing, or send the edit again.',
  },
} as const satisfies Readonly<Record<string, { meaning: string; todo: string }>>

export type FailureCode = keyof typeof failureCodes

/** A failure that we name ourselves; `message` is one sentence for a person. */
export const ownFailure = (code: FailureCode, message: string): { code: FailureCode; message: string } => ({
  code,
  message,
})
