import { Route, Switch } from "wouter";
import { Api } from "../connect/Api";
import { Kind } from "../connect/Kind";
import { Kinds } from "../connect/Kinds";
import { Type, Types } from "../connect/Types";

/** What people read who connect a system: a part of the app that is loaded when somebody asks for it. */
export function Publishers() {
  return (
    <Switch>
      <Route path="/api/docs" component={Api} />
      <Route path="/connect" component={Kinds} />
      <Route path="/connect/types" component={Types} />
      <Route path="/connect/types/:type">{({ type }) => <Type key={type} type={type} />}</Route>
      <Route path="/connect/:kind">{({ kind }) => <Kind key={kind} kind={kind} />}</Route>
    </Switch>
  );
}
