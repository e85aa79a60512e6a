import { explain, verdictAtSubmit, verdictOfFailedTask, verdictOfQuery } from './catalogue.ts'
import { errorTable } from './error-table.ts'

describe('the catalogue of errors', () => {
  // docs/dashscope.md §5, row by row
  it.each([
    [400, 'InvalidParameter', 'fix', 'fix', 'fix'],
    [400, 'InvalidParameter.DataInspection', 'fix', 'fix', 'fix'],
    [400, 'DataInspectionFailed', 'fix', 'fix', 'fix'],
    [400, 'IPInfringementSuspect', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.InputDownloadFailed', 'once', 'once', 'retry'],
    [400, 'InvalidURL', 'fix', 'fix', 'fix'],
    [400, 'InvalidURL.ConnectionRefused', 'fix', 'fix', 'fix'],
    [400, 'InvalidURL.Timeout', 'once', 'once', 'retry'],
    [400, 'InvalidImage.FileFormat', 'fix', 'fix', 'fix'],
    [400, 'InvalidImageFormat', 'fix', 'fix', 'fix'],
    [400, 'InvalidImage.ImageSize', 'fix', 'fix', 'fix'],
    [400, 'InvalidImageResolution', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.EmptyInput', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.EmptyModel', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.EmptyParameters', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.IllegalInput', 'fix', 'fix', 'fix'],
    [400, 'BadRequest.TooLarge', 'fix', 'fix', 'fix'],
    [400, 'Arrearage', 'pauseLane', 'pauseLane', 'pauseLane'],
    [400, 'UnsupportedOperation', 'fix', 'fix', 'fix'],
    [401, 'InvalidApiKey', 'pauseLane', 'pauseLane', 'pauseLane'],
    [401, 'NOT AUTHORIZED', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AccessDenied.Unpurchased', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'Model.AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'Workspace.AccessDenied', 'pauseLane', 'pauseLane', 'pauseLane'],
    [403, 'AllocationQuota.FreeTierOnly', 'pauseLane', 'pauseLane', 'pauseLane'],
    [404, 'ModelNotFound', 'pauseLane', 'pauseLane', 'fix'],
    [404, 'WorkSpaceNotFound', 'pauseLane', 'pauseLane', 'pauseLane'],
    [404, 'NotFound', 'pauseLane', 'pauseLane', 'fix'],
    [429, 'Throttling', 'retry', 'newTask', 'retry'],
    [429, 'Throttling.RateQuota', 'retry', 'newTask', 'retry'],
    [429, 'Throttling.BurstRate', 'retry', 'newTask', 'retry'],
    [429, 'Throttling.Concurrency', 'retry', 'newTask', 'retry'],
    [429, 'Throttling.AllocationQuota', 'retry', 'newTask', 'retry'],
    [429, 'CommodityNotPurchased', 'pauseLane', 'pauseLane', 'pauseLane'],
    [429, 'PrepaidBillOverdue', 'pauseLane', 'pauseLane', 'pauseLane'],
    [429, 'PostpaidBillOverdue', 'pauseLane', 'pauseLane', 'pauseLane'],
    [500, 'InternalError', 'ambiguous', 'newTask', 'retry'],
    [500, 'InternalError.Algo', 'ambiguous', 'newTask', 'retry'],
    [500, 'SystemError', 'ambiguous', 'newTask', 'retry'],
    [500, 'ModelServiceFailed', 'ambiguous', 'newTask', 'retry'],
    [500, 'RewriteFailed', 'ambiguous', 'newTask', 'retry'],
    [500, 'InternalError.FileUpload', 'ambiguous', 'newTask', 'retry'],
    [500, 'InternalError.Upload', 'ambiguous', 'newTask', 'retry'],
    [500, 'InternalError.Timeout', 'ambiguous', 'newTask', 'retry'],
    [500, 'RequestTimeOut', 'ambiguous', 'once', 'retry'],
    [503, 'ModelServingError', 'ambiguous', 'newTask', 'retry'],
    [503, 'ServiceUnavailable', 'ambiguous', 'newTask', 'retry'],
    [503, 'ModelUnavailable', 'ambiguous', 'newTask', 'retry'],
  ])(
    '%i %s: %s at submit, %s in a failed task, %s in a query',
    (status, code, atSubmit, failedTask, query) => {
      expect(explain(code)).toMatchObject({ code, httpStatus: status, match: 'exact' })
      expect(verdictAtSubmit(code, '', status)).toBe(atSubmit)
      expect(verdictOfFailedTask(code)).toBe(failedTask)
      expect(verdictOfQuery(code, '', status)).toBe(query)
    },
  )

  it.each([
    ['Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'pauseLane', 'pauseLane'],
    ['AllocationQuota', 'Free allocated quota exceeded.', 'pauseLane', 'pauseLane'],
    ['AllocationQuota', 'Allocated quota exceeded, please increase your quota limit.', 'retry', 'newTask'],
    [
      'InvalidParameter.DataInspection',
      'Download the media resource timed out during the inspection',
      'once',
      'once',
    ],
    ['InvalidParameter.DataInspection', 'Unable to download: connect timeout', 'once', 'once'],
    ['InvalidParameter.DataInspection', 'The media format is not supported', 'fix', 'fix'],
    ['AccessDenied', 'Invalid according to Policy: Policy expired.', 'once', 'once'],
  ])('reads the message of %s: %s', (code, message, atSubmit, failedTask) => {
    expect(verdictAtSubmit(code, message, 400)).toBe(atSubmit)
    expect(verdictOfFailedTask(code, message)).toBe(failedTask)
  })

  it('knows a new code by its longest known beginning', () => {
    expect(explain('InvalidFile.Duration')).toMatchObject({ match: 'prefix', atSubmit: 'fix' })
    expect(explain('AccessDenied.Unpurchased.Model')).toMatchObject({
      meaning: explain('AccessDenied.Unpurchased').meaning,
    })
    expect(explain('InternalError.Algo.Cuda')).toMatchObject({ failedTask: 'newTask' })
    expect(explain('InvalidParameters').match).toBe('unknown')
  })

  it.each([
    ['Brand.New', 400, 'fix'],
    ['Brand.New', 403, 'fix'],
    ['Brand.New', 401, 'pauseLane'],
    ['Brand.New', 429, 'retry'],
    ['Brand.New', 500, 'ambiguous'],
    ['Brand.New', 503, 'ambiguous'],
    [undefined, 400, 'fix'],
    [undefined, 403, 'pauseLane'],
    [undefined, 404, 'pauseLane'],
    [undefined, 408, 'ambiguous'],
    [undefined, undefined, 'ambiguous'],
  ])('goes by the HTTP status where it does not know the code: %s %s', (code, status, verdict) => {
    expect(explain(code, '', status).match).toBe('unknown')
    expect(verdictAtSubmit(code, '', status)).toBe(verdict)
  })

  it('holds a task possible below a 5xx, unless the code names a reason to refuse', () => {
    expect(verdictAtSubmit('Throttling.New', '', 500)).toBe('ambiguous')
    expect(verdictAtSubmit('Throttling', '', 503)).toBe('retry')
  })

  it('gives a task that failed without a reason another chance', () => {
    expect(verdictOfFailedTask(undefined)).toBe('once')
    expect(verdictOfFailedTask('Brand.New')).toBe('once')
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
