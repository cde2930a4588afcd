import { writeOpenApiSnapshot } from './openapi-snapshot';

export default writeOpenApiSnapshot;
