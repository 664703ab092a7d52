"""Operations on webhooks: who is told of events, what was delivered, and once more."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Status

from caretally.api.asking import asked, office_of
from caretally.api.cursors import USUAL, cursor_of, number_of
from caretally.api.responses import answers
from caretally.api.shapes import (
    Cursor,
    DeliveryItem,
    DeliveryPage,
    Id,
    Limit,
    MadeSubscription,
    NewSubscription,
    SubscriptionItem,
    SubscriptionList,
)
from caretally.practice import hooks
from caretally.store.models import Delivery, Subscription

router = Router(tags=["webhooks"])


@router.get("/subscriptions", response=answers(SubscriptionList), summary="Who is told of events")
@asked()
def subscriptions(request: HttpRequest) -> SubscriptionList:
    """Return the subscriptions of the practice, ended ones too. Needs `manage_practice`."""
    found = hooks.subscriptions(office_of(request))
    return SubscriptionList(items=[SubscriptionItem(**told(each)) for each in found])


@router.post(
    "/subscriptions",
    response=answers(MadeSubscription, 413, status=201),
    summary="Tell an address of events",
)
@asked()
def subscribe(request: HttpRequest, wanted: NewSubscription) -> Status[MadeSubscription]:
    """Make a subscription; its secret is in this answer and nowhere else afterwards.

    The address must be https and on the public network, unless the installation allows others.
    """
    made, secret = hooks.subscribe(office_of(request), wanted.url, wanted.events)
    return Status(201, MadeSubscription(secret=secret, **told(made)))


@router.delete(
    "/subscriptions/{subscription}",
    response=answers(None, 404, status=204),
    summary="End a subscription",
)
@asked()
def end(request: HttpRequest, subscription: Id) -> Status[None]:
    """Tell the address nothing more; what waits for it is given up."""
    hooks.end_subscription(office_of(request), subscription)
    return Status(204, None)


@router.get(
    "/subscriptions/{subscription}/deliveries",
    response=answers(DeliveryPage, 404),
    summary="What was delivered, waits or was given up",
)
@asked("cursor", "limit")
def deliveries(
    request: HttpRequest, subscription: Id, cursor: Cursor = "", limit: Limit = USUAL
) -> DeliveryPage:
    """Return deliveries, the newest first."""
    before = number_of("delivery", cursor)
    found = hooks.deliveries(office_of(request), subscription, before=before, limit=limit + 1)
    shown = found[:limit]
    following = cursor_of("delivery", str(shown[-1].pk)) if len(found) > limit else None
    return DeliveryPage(items=[delivery_item(each) for each in shown], next=following)


@router.post(
    "/subscriptions/{subscription}/deliveries/{event}/resend",
    response=answers(DeliveryItem, 404),
    summary="Deliver an event once more",
)
@asked()
def resend(request: HttpRequest, subscription: Id, event: Id) -> DeliveryItem:
    """Put a delivery in again, to be sent with the next batch."""
    return delivery_item(hooks.resend(office_of(request), subscription, event))


def told(subscription: Subscription) -> dict[str, object]:
    """Return what is shown of a subscription."""
    ended_at = subscription.ended_at
    return {
        "id": subscription.name, "url": subscription.url, "events": subscription.events.split(),
        "made_at": subscription.made_at.isoformat(),
        "ended_at": ended_at.isoformat() if ended_at else None,
    }  # fmt: skip


def delivery_item(delivery: Delivery) -> DeliveryItem:
    """Return what is shown of a delivery."""
    return DeliveryItem(
        event=delivery.event, kind=delivery.kind, state=delivery.state,
        attempts=delivery.attempts, due_at=delivery.due_at.isoformat(),
        made_at=delivery.made_at.isoformat(), answer=delivery.answer,
    )  # fmt: skip
