-- Notes that a task is an edit's and answers whose it is: this edit's, or the one's that was faster.
local function claimTask(lane, task, id)
  local name = key.task(lane, task)
  local owner = redis.call('SET', name, id, 'NX', 'GET', 'EX', fact.keptTaskSeconds)
  if owner == id then redis.call('EXPIRE', name, fact.keptTaskSeconds) end
  return owner or id
end
