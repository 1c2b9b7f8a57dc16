import { connectionMachine } from '../../machines/index.ts';
import { connectionModel } from '../../src/testing/model/catalogues/connection.ts';
import { runChart } from './chart-suite.ts';
import { connectionChecks } from './connection-checks.ts';

runChart(connectionMachine, connectionModel, connectionChecks);
