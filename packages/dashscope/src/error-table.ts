import type { ErrorRow } from './error-row.ts'

const mayHaveMadeOne = { atSubmit: 'lookUp', failedTask: 'newTask' } as const
const failsTheEdit = { atSubmit: 'failEdit', failedTask: 'failEdit' } as const
const pausesTheLane = { atSubmit: 'pauseLane', failedTask: 'pauseLane' } as const

const freeQuotaGone = {
  says: /free allocated quota exceeded/i,
  meaning: 'the free quota is used up',
  ...pausesTheLane,
  todo: 'Switch the account to paid use in the vendor console; the lane goes on by itself within a minute.',
} as const

const notDownloaded = {
  meaning: 'a source image could not be downloaded',
  atSubmit: 'retryOnce',
  failedTask: 'retryOnce',
  todo: 'Check that the address of the source image can be opened from the internet, quickly.',
} as const

const wrongAddress = {
  meaning: "the lane's address and its model do not belong together",
  ...pausesTheLane,
  todo: "Check the lane's address, region and model; the lane goes on by itself within a minute.",
} as const

/**
 * The vendor's codes (docs/dashscope.md §5), then ours for answers that carry none. A code also stands for longer ones
 * that begin with it: `InvalidFile` for `InvalidFile.Duration`. Case, underscores and blanks make no difference.
 */
export const errorTable: readonly ErrorRow[] = [
  {
    codes: ['InvalidParameter'],
    httpStatus: 400,
    meaning: 'a field is missing, malformed or out of range',
    ...failsTheEdit,
    todo: 'Correct the field that the message names and send the edit again.',
    when: [
      { says: /url error, *please check url/i, ...wrongAddress },
      { says: /model not exist/i, ...wrongAddress },
    ],
  },
  {
    codes: ['InternalError.Algo.InvalidParameter'],
    httpStatus: 400,
    meaning: 'the model cannot work with a source image or a field, and will not with the next try',
    ...failsTheEdit,
    todo: 'Check that the source image opens in a viewer, then what the message names.',
    when: [{ says: /failed to download/i, ...notDownloaded }],
  },
  {
    codes: ['InvalidParameter.DataInspection'],
    blamesInput: true,
    httpStatus: 400,
    meaning: 'a source image could not be inspected, or was refused for its content',
    ...failsTheEdit,
    todo: 'Check that the source image opens and is allowed by the content rules.',
    when: [
      {
        says: /time[d -]{0,2}out/i,
        meaning: 'fetching a source image for inspection took too long',
        atSubmit: 'retryOnce',
        failedTask: 'retryOnce',
        todo: 'If it repeats, host the source image nearer to the region or on a faster host.',
      },
    ],
  },
  {
    codes: ['DataInspectionFailed'],
    blamesInput: true,
    httpStatus: 400,
    meaning: 'the source or the result was refused for its content',
    ...failsTheEdit,
    todo: 'Change the prompt or the source image; a refused result may pass with another seed.',
  },
  {
    codes: ['IPInfringementSuspect'],
    blamesInput: true,
    httpStatus: 400,
    meaning: 'the source is suspected of infringing a copyright',
    ...failsTheEdit,
    todo: 'Use another source image or prompt.',
  },
  {
    codes: ['BadRequest.InputDownloadFailed', 'InvalidURL.Timeout'],
    blamesInput: true,
    httpStatus: 400,
    ...notDownloaded,
  },
  {
    codes: ['InvalidURL', 'InvalidURL.ConnectionRefused'],
    blamesInput: true,
    httpStatus: 400,
    meaning: 'the address of a source image is bad or refuses connections',
    ...failsTheEdit,
    todo: 'Correct the address of the source image.',
  },
  {
    codes: [
      'InvalidImage',
      'InvalidImage.FileFormat',
      'InvalidImageFormat',
      'InvalidImage.ImageSize',
      'InvalidImageResolution',
      'InvalidFile',
    ],
    blamesInput: true,
    httpStatus: 400,
    meaning: "a source image is outside of the model's limits",
    ...failsTheEdit,
    todo: 'Convert or resize the source image to what the model takes.',
  },
  {
    codes: [
      'BadRequest',
      'BadRequest.EmptyInput',
      'BadRequest.EmptyModel',
      'BadRequest.EmptyParameters',
      'BadRequest.IllegalInput',
      'BadRequest.TooLarge',
    ],
    httpStatus: 400,
    meaning: 'the request was malformed or too large',
    ...failsTheEdit,
    todo: 'Send smaller or fewer source images, by address instead of inline.',
  },
  {
    codes: ['Arrearage'],
    httpStatus: 400,
    meaning: 'the account is overdue',
    ...pausesTheLane,
    todo: 'Pay the bill in the vendor console; the lane goes on by itself within a minute.',
  },
  {
    codes: ['UnsupportedOperation'],
    httpStatus: 400,
    meaning: 'only a task that is still PENDING can be canceled',
    ...failsTheEdit,
    todo: 'Nothing: the task runs on to its end.',
  },
  {
    codes: ['InvalidApiKey', 'NOT AUTHORIZED'],
    httpStatus: 401,
    meaning: 'the key is missing, wrong, or of another region or workspace',
    ...pausesTheLane,
    todo: "Put a valid key of the lane's region and workspace into DASHSCOPE_API_KEY, or the variable that the lane's apiKey names, and restart the workers; the lane goes on by itself.",
  },
  {
    codes: ['AccessDenied'],
    httpStatus: 403,
    meaning: 'the key may not make this call',
    ...pausesTheLane,
    todo: "Check the key's rights and the lane's address; the lane goes on by itself within a minute.",
    when: [
      {
        says: /policy expired/i,
        meaning: 'the upload policy is too old',
        atSubmit: 'retryOnce',
        failedTask: 'retryOnce',
        todo: 'Nothing: a fresh policy is fetched.',
      },
    ],
  },
  {
    codes: ['AccessDenied.Unpurchased', 'Model.AccessDenied', 'Workspace.AccessDenied'],
    httpStatus: 403,
    meaning: 'the service or the model is not activated for this key or workspace',
    ...pausesTheLane,
    todo: 'Activate the model in the vendor console; the lane goes on by itself within a minute.',
  },
  {
    codes: ['AllocationQuota.FreeTierOnly'],
    httpStatus: 403,
    meaning: 'the free quota is used up and the account allows nothing else',
    ...pausesTheLane,
    todo: 'Switch off "free quota only" in the vendor console; the lane goes on by itself within a minute.',
  },
  {
    codes: ['ModelNotFound', 'ModelNotExist', 'WorkSpaceNotFound', 'NotFound'],
    httpStatus: 404,
    meaning: 'there is no such model, workspace or path at this address',
    ...pausesTheLane,
    todo: "Check the lane's address, workspace and model, and whether the model was retired.",
  },
  {
    codes: ['Throttling', 'Throttling.RateQuota', 'Throttling.BurstRate', 'Throttling.Concurrency'],
    httpStatus: 429,
    meaning: 'too many requests for this account and model',
    atSubmit: 'retryLater',
    failedTask: 'newTask',
    todo: 'Nothing: we slow down. If it lasts, something else uses the same account.',
  },
  {
    codes: ['Throttling.AllocationQuota', 'AllocationQuota'],
    httpStatus: 429,
    meaning: 'the allocated quota is used up for now',
    atSubmit: 'retryLater',
    failedTask: 'newTask',
    todo: 'Nothing: we wait. If it lasts, ask the vendor for a larger quota.',
    when: [freeQuotaGone],
  },
  {
    codes: ['CommodityNotPurchased', 'PrepaidBillOverdue', 'PostpaidBillOverdue'],
    httpStatus: 429,
    meaning: 'the service is not paid for',
    ...pausesTheLane,
    todo: 'Settle the bill or buy the service in the vendor console; the lane goes on by itself within a minute.',
  },
  {
    codes: ['insufficient_quota'],
    httpStatus: 429,
    meaning: 'the quota or the balance of the account is used up',
    ...pausesTheLane,
    todo: 'Look at the quota and the bill in the vendor console; the lane goes on by itself within a minute.',
  },
  {
    codes: ['InternalError', 'InternalError.Algo', 'SystemError', 'ModelServiceFailed', 'RewriteFailed'],
    httpStatus: 500,
    meaning: 'the vendor had an inner fault',
    ...mayHaveMadeOne,
    todo: 'Nothing: it is looked up or tried again.',
  },
  {
    codes: ['InternalError.FileUpload', 'InternalError.Upload'],
    httpStatus: 500,
    meaning: 'the vendor could not store the result',
    ...mayHaveMadeOne,
    todo: 'Nothing: a new task is made, and the failed one costs nothing.',
  },
  {
    codes: ['InternalError.Timeout'],
    httpStatus: 500,
    meaning: 'the task gave no result within three hours',
    ...mayHaveMadeOne,
    todo: 'Nothing: a new task is made, and the failed one costs nothing.',
  },
  {
    codes: ['RequestTimeOut'],
    httpStatus: 500,
    meaning: 'the vendor took too long, often over an image too large or an edit too complex',
    atSubmit: 'lookUp',
    failedTask: 'retryOnce',
    todo: 'If it repeats, use a smaller source image or a simpler prompt.',
  },
  {
    codes: ['ModelServingError', 'ServiceUnavailable', 'ModelUnavailable'],
    httpStatus: 503,
    meaning: 'the model is saturated',
    ...mayHaveMadeOne,
    todo: 'Nothing: it is looked up or tried again.',
  },
  {
    codes: ['NotSent'],
    meaning: 'no connection could be made, so nothing was sent',
    atSubmit: 'retryLater',
    failedTask: 'newTask',
    todo: "Check the network, the DNS and the lane's address if it lasts.",
  },
  {
    codes: ['NotBuilt'],
    meaning:
      'the request could not be built, so nothing was sent: a key or an address with a sign that no header takes',
    ...pausesTheLane,
    todo: "Correct the lane's key, workspace and address, and restart the workers.",
  },
  {
    codes: ['NoAnswer', 'Garbled', 'WrongTask'],
    meaning: 'no answer came, or none that can be read',
    atSubmit: 'lookUp',
    failedTask: 'retryOnce',
    todo: 'Check proxies between here and the vendor if it lasts.',
  },
  {
    codes: ['Redirected'],
    meaning: 'the address answers with a redirect, which is never followed: it would hand out the key',
    ...pausesTheLane,
    todo: "Correct the lane's address and restart the workers; the lane goes on by itself.",
  },
  {
    codes: ['Missing'],
    meaning: 'an image is missing and no reason was given',
    atSubmit: 'failEdit',
    failedTask: 'retryOnce',
    todo: 'Send the edit again for the missing image.',
  },
]
