"""Lists orders with their customers, in Django under gunicorn: the view reads a customer for each order by a
query of its own, from PostgreSQL which is two milliseconds away. `--postgres` is the database's port,
`--peer` that of what stands for the distance."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from lifecycle import start
from wsgi_server import serve

ORDERS = 60

options = start("postgres", "peer")
DATABASE = {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": options.peer, "USER": "postgres",
    "NAME": "postgres", "CONN_MAX_AGE": None,
}  # fmt: skip
settings.configure(
    ALLOWED_HOSTS=["*"], DATABASES={"default": DATABASE}, INSTALLED_APPS=[__name__], ROOT_URLCONF=__name__
)
django.setup()


class Customer(models.Model):
    name = models.TextField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    amount = models.IntegerField()


def name_customer(order: Order) -> str:
    return f"{order.customer.name}: {order.amount}"


def list_orders(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\n".join(name_customer(order) for order in Order.objects.order_by("id")[:ORDERS]))


urlpatterns = [path("", list_orders)]


def fill() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Customer)
        editor.create_model(Order)
    customers = Customer.objects.bulk_create(Customer(name=f"customer {n}") for n in range(ORDERS))
    Order.objects.bulk_create(Order(customer=one, amount=one.pk * 7) for one in customers)
    connection.close()


def main() -> None:
    fill()
    serve(get_wsgi_application(), workers=1)


if __name__ == "__main__":
    main()
