import { deleteOpenApiSnapshot } from './openapi-snapshot';

export default deleteOpenApiSnapshot;
