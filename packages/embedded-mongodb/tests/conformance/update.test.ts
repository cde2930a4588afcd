import { arrayUpdates } from './cases/update-arrays';
import { fieldUpdates } from './cases/update-fields';
import { describeFiles } from './runner/describe-file';

describeFiles([...fieldUpdates, ...arrayUpdates]);
