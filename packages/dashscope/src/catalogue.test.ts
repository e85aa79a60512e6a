import { explain, actionAtSubmit, actionOfFailedTask, actionOfQuery } from './catalogue.ts'
import { errorTable } from './error-table.ts'

describe('the catalogue of errors', () => {
  // docs/dashscope.md §5, row by row
  it.each([
    [400, 'InvalidParameter', 'failEdit', 'failEdit', 'refused'],
    [400, 'InternalError.Algo.InvalidParameter', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidParameter.DataInspection', 'failEdit', 'failEdit', 'refused'],
    [400, 'DataInspectionFailed', 'failEdit', 'failEdit', 'refused'],
    [400, 'IPInfringementSuspect', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.InputDownloadFailed', 'retryOnce', 'retryOnce', 'retryLater'],
    [400, 'InvalidURL', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidURL.ConnectionRefused', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidURL.Timeout', 'retryOnce', 'retryOnce', 'retryLater'],
    [400, 'InvalidImage.FileFormat', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidImageFormat', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidImage.ImageSize', 'failEdit', 'failEdit', 'refused'],
    [400, 'InvalidImageResolution', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.EmptyInput', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.EmptyModel', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.EmptyParameters', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.IllegalInput', 'failEdit', 'failEdit', 'refused'],
    [400, 'BadRequest.TooLarge', 'failEdit', 'failEdit', 'refused'],
    [400, 'Arrearage', 'pauseLane', 'pauseLane', 'pauseLane'],
    [400, 'UnsupportedOperation', 'failEdit', 'failEdit', 'refused'],
    [401, 'InvalidApiKey', 'pauseLane', 'pauseLane', 'pauseLane'],
    [401, 'NOT AUTHORIZED', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AccessDenied.Unpurchased', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'Model.AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'Workspace.AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AllocationQuota.FreeTierOnly', 'pauseLane', 'pauseLane', 'pauseLane'],
    [404, 'ModelNotFound', 'pauseLane', 'pauseLane', 'refused'],
    [404, 'WorkSpaceNotFound', 'pauseLane', 'pauseLane', 'pauseLane'],
    [404, 'NotFound', 'pauseLane', 'pauseLane', 'refused'],
    [404, 'ModelNotExist', 'pauseLane', 'pauseLane', 'refused'],
    [429, 'insufficient_quota', 'pauseLane', 'pauseLane', 'pauseLane'],
    [429, 'Throttling', 'retryLater', 'newTask', 'retryLater'],
    [429, 'Throttling.RateQuota', 'retryLater', 'newTask', 'retryLater'],
    [429, 'Throttling.BurstRate', 'retryLater', 'newTask', 'retryLater'],
    [429, 'Throttling.Concurrency', 'retryLater', 'newTask', 'retryLater'],
    [429, 'Throttling.AllocationQuota', 'retryLater', 'newTask', 'retryLater'],
    [429, 'CommodityNotPurchased', 'pauseLane', 'pauseLane', 'pauseLane'],
    [429, 'PrepaidBillOverdue', 'pauseLane', 'pauseLane', 'pauseLane'],
    [429, 'PostpaidBillOverdue', 'pauseLane', 'pauseLane', 'pauseLane'],
    [500, 'InternalError', 'lookUp', 'newTask', 'retryLater'],
    [500, 'InternalError.Algo', 'lookUp', 'newTask', 'retryLater'],
    [500, 'SystemError', 'lookUp', 'newTask', 'retryLater'],
    [500, 'ModelServiceFailed', 'lookUp', 'newTask', 'retryLater'],
    [500, 'RewriteFailed', 'lookUp', 'newTask', 'retryLater'],
    [500, 'InternalError.FileUpload', 'lookUp', 'newTask', 'retryLater'],
    [500, 'InternalError.Upload', 'lookUp', 'newTask', 'retryLater'],
    [500, 'InternalError.Timeout', 'lookUp', 'newTask', 'retryLater'],
    [500, 'RequestTimeOut', 'lookUp', 'retryOnce', 'retryLater'],
    [503, 'ModelServingError', 'lookUp', 'newTask', 'retryLater'],
    [503, 'ServiceUnavailable', 'lookUp', 'newTask', 'retryLater'],
    [503, 'ModelUnavailable', 'lookUp', 'newTask', 'retryLater'],
  ])(
    '%i %s: %s at submit, %s in a failed task, %s in a query',
    (status, code, atSubmit, failedTask, query) => {
      expect(explain(code)).toMatchObject({ code, httpStatus: status, match: 'exact' })
      expect(actionAtSubmit(code, '', status)).toBe(atSubmit)
      expect(actionOfFailedTask(code)).toBe(failedTask)
      expect(actionOfQuery(code, '', status)).toBe(query)
    },
  )

  it.each([
    ['Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'pauseLane', 'pauseLane'],
    ['AllocationQuota', 'Free allocated quota exceeded.', 'pauseLane', 'pauseLane'],
    [
      'AllocationQuota',
      'Allocated quota exceeded, please increase your quota limit.',
      'retryLater',
      'newTask',
    ],
    [
      'InvalidParameter.DataInspection',
      'Download the media resource timed out during the inspection',
      'retryOnce',
      'retryOnce',
    ],
    ['InvalidParameter.DataInspection', 'Unable to download: connect timeout', 'retryOnce', 'retryOnce'],
    ['InvalidParameter.DataInspection', 'The media format is not supported', 'failEdit', 'failEdit'],
    ['AccessDenied', 'Invalid according to Policy: Policy expired.', 'retryOnce', 'retryOnce'],
    ['InvalidParameter', 'url error, please check url！', 'pauseLane', 'pauseLane'],
    [
      'InvalidParameter',
      'url error, please check url！ For details, see: https://help.aliyun.com/zh/model-studio/error-code#error-url',
      'pauseLane',
      'pauseLane',
    ],
    ['InvalidParameter', 'Model not exist', 'pauseLane', 'pauseLane'],
    [
      'InternalError.Algo.InvalidParameter',
      'Failed to download multimodal content',
      'retryOnce',
      'retryOnce',
    ],
  ])('reads the message of %s: %s', (code, message, atSubmit, failedTask) => {
    expect(actionAtSubmit(code, message, 400)).toBe(atSubmit)
    expect(actionOfFailedTask(code, message)).toBe(failedTask)
  })

  it('knows a new code by its longest known beginning', () => {
    expect(explain('InvalidFile.Duration')).toMatchObject({ match: 'prefix', atSubmit: 'failEdit' })
    expect(explain('AccessDenied.Unpurchased.Model')).toMatchObject({
      meaning: explain('AccessDenied.Unpurchased').meaning,
    })
    expect(explain('InternalError.Algo.Cuda')).toMatchObject({ failedTask: 'newTask' })
    expect(explain('InvalidParameters').match).toBe('unknown')
  })

  it.each([
    ['Brand.New', 400, 'failEdit'],
    ['Brand.New', 402, 'pauseLane'],
    ['Brand.New', 403, 'pauseLane'],
    ['Brand.New', 404, 'pauseLane'],
    ['Brand.New', 409, 'failEdit'],
    ['Brand.New', 401, 'pauseLane'],
    ['Brand.New', 429, 'retryLater'],
    ['Brand.New', 500, 'lookUp'],
    ['Brand.New', 503, 'lookUp'],
    [undefined, 400, 'failEdit'],
    [undefined, 403, 'pauseLane'],
    [undefined, 404, 'pauseLane'],
    [undefined, 408, 'lookUp'],
    [undefined, undefined, 'lookUp'],
  ])('goes by the HTTP status where it does not know the code: %s %s', (code, status, action) => {
    expect(explain(code, '', status).match).toBe('unknown')
    expect(actionAtSubmit(code, '', status)).toBe(action)
  })

  it('holds a task possible below a 5xx, unless the code names a reason to refuse', () => {
    expect(actionAtSubmit('Throttling.New', '', 500)).toBe('lookUp')
    expect(actionAtSubmit('Throttling', '', 503)).toBe('retryLater')
  })

  it.each([
    ['model_not_found', 404, 'ModelNotFound'],
    ['Model not exist', 400, 'ModelNotExist'],
    ['Model.NotFound', 404, 'ModelNotFound'],
    ['access_denied', 403, 'AccessDenied'],
    ['invalid_api_key', 401, 'InvalidApiKey'],
    ['InsufficientQuota', 429, 'insufficient_quota'],
    ['not_authorized', 401, 'NOT AUTHORIZED'],
    ['THROTTLING.RATEQUOTA', 429, 'Throttling.RateQuota'],
    ['throttling.rate_quota.new', 429, 'Throttling.RateQuota'],
  ])('takes %s for what it is, however it is spelled', (spelled, status, code) => {
    expect(explain(spelled)).toMatchObject({ code: spelled, meaning: explain(code).meaning })
    expect(actionAtSubmit(spelled, '', status)).toBe(actionAtSubmit(code, '', status))
  })

  it.each([
    [400, 'InternalError', 'retryOnce'],
    [400, 'InternalError.Algo', 'retryOnce'],
    [400, 'InternalError.Algo.New', 'retryOnce'],
    [400, 'InternalError.Algo.InvalidURL', 'failEdit'],
    [400, 'SystemError', 'retryOnce'],
    [422, 'InternalError.Algo.InvalidParameter', 'failEdit'],
    [408, 'RequestTimeOut', 'lookUp'],
    [500, 'InternalError.Algo.New', 'lookUp'],
  ])('takes a %i with a code for a refusal, though it is called %s', (status, code, action) => {
    expect(actionAtSubmit(code, '', status)).toBe(action)
  })

  it('gives a task that failed without a reason another chance', () => {
    expect(actionOfFailedTask(undefined)).toBe('retryOnce')
    expect(actionOfFailedTask('Brand.New')).toBe('retryOnce')
  })

  it('has each code once, and for each a meaning and one sentence of what to do', () => {
    const codes = errorTable.flatMap((row) => row.codes)
    expect(new Set(codes).size).toBe(codes.length)
    for (const { meaning, todo } of errorTable) {
      expect(meaning).toMatch(/^[^.]+[^.]$/)
      expect(todo).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('is not fooled by names that every object has', () => {
    expect(explain('constructor', '', 400).match).toBe('unknown')
  })
})
