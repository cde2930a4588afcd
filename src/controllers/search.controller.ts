import { inputOf } from '../middlewares/validate.middleware';
import { suggestSearches } from '../services/suggestion.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { suggestionsSchema } from '../validators/search.validator';

/** Handlers of /search. */
export function createSearchController() {
  return {
    suggest: asyncHandler(async (request, response) => {
      const { query } = inputOf(suggestionsSchema, request);
      sendResponse(response, 200, await suggestSearches(query.query), 'Suggestions');
    }),
  };
}
