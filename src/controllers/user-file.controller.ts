import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { requiredFile } from '../middlewares/upload.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentUserFile } from '../presenters/user-file.presenter';
import {
  addUserFile,
  deleteUserFile,
  findUserFile,
  listUserFiles,
} from '../services/user-file.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { listUserFilesSchema, userFileIdSchema } from '../validators/user-file.validator';

/** Handlers of /files. */
export function createUserFileController(dependencies: AppDependencies) {
  const { publicUrl, removals } = dependencies;
  return {
    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listUserFilesSchema, request);
      const { rows, pagination } = await listUserFiles(viewerOf(request), query);
      const files = rows.map((file) => presentUserFile(file, publicUrl()));
      sendResponse(response, 200, files, 'Your files', { pagination });
    }),

    add: asyncHandler(async (request, response) => {
      const received = requiredFile(request, 'file');
      const file = await addUserFile(dependencies, viewerOf(request), received);
      response.location(`${API_PREFIX}/files/${file._id.toString()}`);
      sendResponse(response, 201, presentUserFile(file, publicUrl()), 'File kept');
    }),

    get: asyncHandler(async (request, response) => {
      const { params } = inputOf(userFileIdSchema, request);
      const file = await findUserFile(params.fileId, viewerOf(request));
      sendResponse(response, 200, presentUserFile(file, publicUrl()), 'File');
    }),

    delete: asyncHandler(async (request, response) => {
      const { params } = inputOf(userFileIdSchema, request);
      await deleteUserFile(removals, params.fileId, viewerOf(request));
      sendResponse(response, 200, {}, 'File deleted');
    }),
  };
}
