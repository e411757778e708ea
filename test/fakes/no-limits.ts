/** For tests that ask more than a person would. */
const none = {
  messages_per_minute: null,
  concurrent_jobs: null,
  switches_per_minute: null,
  tokens_per_day: null,
};

export const NO_LIMITS = { per_person: none, per_chat: none };
